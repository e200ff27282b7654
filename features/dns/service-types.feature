@upstream
Feature: The name of a service outlives a change of its type
  Clients know a service only by its name. Whether the service has a cluster IP or is an external name can change
  without a change to the clients.
  See https://kubernetes.io/docs/concepts/services-networking/service/#externalname

  Rule: A cluster IP outlives the pods behind it

    Scenario: A service with a cluster IP resolves to it whatever becomes of its pods
      Given StatefulSet "nginx-web" with 2 ready replicas
      And service "front" selects the pods of "nginx-web"
      When pod "nginx-web-1" is deleted
      Then within 10 seconds name "front" resolves to the cluster IP of the service
      And within 10 seconds port "web" of "front" resolves to the name of the service

  Rule: An external name can change, and can become a cluster IP

    Scenario: An external name follows its service
      Given service "archive" is an external name for "old.example.org"
      When service "archive" becomes an external name for "new.example.org"
      Then within 10 seconds name "archive" is an alias of "new.example.org"

    Scenario: An external service moves into the cluster under the same name
      Given service "archive" is an external name for "old.example.org"
      When service "archive" gets a cluster IP
      Then within 10 seconds name "archive" resolves to the cluster IP of the service

  Rule: Addresses resolve back to names

    Scenario: The address of a replica resolves back to its name
      Given StatefulSet "nginx-web" with 2 ready replicas
      When pod "nginx-web-1" is deleted
      Then within 60 seconds pod "nginx-web-1" is replaced
      And within 10 seconds the address of pod "nginx-web-1" resolves back to "nginx-web-1.nginx-svc"

  Rule: A name may begin with a digit

    @since_1_36
    Scenario: A service whose name begins with a digit leads to its pods
      Given StatefulSet "nginx-web" with 2 ready replicas
      And service "4all" selects the pods of "nginx-web"
      When pod "nginx-web-1" is deleted
      Then within 60 seconds pod "nginx-web-1" is replaced
      And within 10 seconds name "4all" resolves to exactly the ready pods that it selects
