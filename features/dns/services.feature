@upstream
Feature: A service leads where it says, also when it says something else
  Clients know a service by its name alone. Whether it has an address of its own, or is another name for something outside
  the cluster, can change without their knowing.
  See https://kubernetes.io/docs/concepts/services-networking/service/#externalname

  Scenario: A service with an address of its own leads there whatever becomes of its pods
    Given stateful set "nginx-web" with 2 ready replicas
    And service "front" stands before "nginx-web"
    When pod "nginx-web-1" is deleted
    Then within 10 seconds name "front" leads to the address of the service itself
    And within 10 seconds port "web" of "front" is served under the name of the service itself

  Scenario: A name for something outside follows its service
    Given service "archive" stands for "old.example.org"
    When service "archive" comes to stand for "new.example.org"
    Then within 10 seconds name "archive" is another name of "new.example.org"

  Scenario: What was outside can move into the cluster without another name
    Given service "archive" stands for "old.example.org"
    When service "archive" gets an address of its own
    Then within 10 seconds name "archive" leads to the address of the service itself

  Scenario: The address of a replica leads back to its name
    Given stateful set "nginx-web" with 2 ready replicas
    When pod "nginx-web-1" is deleted
    Then within 60 seconds pod "nginx-web-1" is replaced
    And within 10 seconds the address of pod "nginx-web-1" leads back to the name "nginx-web-1.nginx-svc"
