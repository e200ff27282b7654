@upstream @needs_containers
Feature: A replica resolves itself, its peers and the API server
  Applications use short and long forms of a name. Each form must give the same answer, and a pod must resolve its own
  name even while no DNS server answers.
  See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services

  Rule: Each form of a name resolves to the same

    Scenario: A replica resolves its service by each form of the name
      Given StatefulSet "peer" with 2 ready replicas
      When pod "peer-1" is deleted
      Then within 60 seconds pod "peer-1" is replaced
      And within 10 seconds pod "peer-1" resolves each form of "peers" to the ready pods of "peer"

    Scenario: A replica resolves the API server by each form of its name
      Given StatefulSet "peer" with 1 ready replica
      When pod "peer-0" is deleted
      Then within 60 seconds pod "peer-0" is replaced
      And pod "peer-0" resolves each form of the API server's name

  Rule: A pod knows its own name without DNS

    Scenario: A replica resolves its own name from its hosts file
      Given StatefulSet "peer" with 1 ready replica
      When pod "peer-0" is deleted
      Then within 60 seconds pod "peer-0" is replaced
      And pod "peer-0" resolves its own name and "peer-0.peers" to its own address

  Rule: The DNS policy of a pod is kept

    Scenario: A replica with its own DNS config keeps its name server
      Given StatefulSet "seeker" with 1 ready replica
      When pod "seeker-0" is deleted
      Then within 60 seconds pod "seeker-0" is replaced
      And pod "seeker-0" uses name server "192.0.2.53"

    Scenario: A replica on the host network resolves its service all the same
      Given StatefulSet "hosted" with 1 ready replica
      When pod "hosted-0" is deleted
      Then within 60 seconds pod "hosted-0" is replaced
      And within 10 seconds pod "hosted-0" resolves each form of "hosted-svc" to the ready pods of "hosted"

  Rule: A terminating pod still resolves

    Scenario: A replica that stops slowly resolves while it terminates
      Given StatefulSet "farewell" with 1 ready replica
      When pod "farewell-0" is deleted
      Then for 3 seconds name "farewell-0.farewells" resolves to pod "farewell-0" alone
