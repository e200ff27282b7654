@upstream
Feature: A service leads where it says, also when it says something else
  Clients know a service by its name alone. Whether it has an address of its own, or is another name for something outside
  the cluster, can change without their knowing.
  See https://kubernetes.io/docs/concepts/services-networking/service/#externalname

  Scenario: A service with a cluster IP resolves to it whatever becomes of its pods
    Given StatefulSet "nginx-web" with 2 ready replicas
    And service "front" selects the pods of "nginx-web"
    When pod "nginx-web-1" is deleted
    Then within 10 seconds name "front" resolves to the cluster IP of the service
    And within 10 seconds port "web" of "front" resolves to the name of the service

  Scenario: A name for something outside follows its service
    Given service "archive" is an external name for "old.example.org"
    When service "archive" becomes an external name for "new.example.org"
    Then within 10 seconds name "archive" is an alias of "new.example.org"

  Scenario: What was outside can move into the cluster without another name
    Given service "archive" is an external name for "old.example.org"
    When service "archive" gets a cluster IP
    Then within 10 seconds name "archive" resolves to the cluster IP of the service

  Scenario: The address of a replica resolves back to its name
    Given StatefulSet "nginx-web" with 2 ready replicas
    When pod "nginx-web-1" is deleted
    Then within 60 seconds pod "nginx-web-1" is replaced
    And within 10 seconds the address of pod "nginx-web-1" resolves back to "nginx-web-1.nginx-svc"

  @since_1_36
  Scenario: A service whose name begins with a digit leads to its pods
    Given StatefulSet "nginx-web" with 2 ready replicas
    And service "4all" selects the pods of "nginx-web"
    When pod "nginx-web-1" is deleted
    Then within 60 seconds pod "nginx-web-1" is replaced
    And within 10 seconds name "4all" resolves to exactly the ready pods that it selects
