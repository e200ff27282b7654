@upstream @needs_containers
Feature: A replica finds itself, its peers and the cluster, however short the name
  What runs in a pod is given names as people write them. It must get the same answer for each form of a name, and it must
  know itself even while nobody answers.
  See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services

  Scenario: A replica finds its service by each form of the name
    Given stateful set "peer" with 2 ready replicas
    When pod "peer-1" is deleted
    Then within 60 seconds pod "peer-1" is replaced
    And within 10 seconds pod "peer-1" finds the ready pods of "peer" by each form of "peers"

  Scenario: A replica finds the cluster by each form of its name
    Given stateful set "peer" with 1 ready replica
    When pod "peer-0" is deleted
    Then within 60 seconds pod "peer-0" is replaced
    And pod "peer-0" finds the service of the cluster by each form of its name

  Scenario: A replica knows its own address without asking anybody
    Given stateful set "peer" with 1 ready replica
    When pod "peer-0" is deleted
    Then within 60 seconds pod "peer-0" is replaced
    And pod "peer-0" knows its own address by its name and by "peer-0.peers"

  Scenario: A replica that asks a name server of its own choice goes on asking it
    Given stateful set "seeker" with 1 ready replica
    When pod "seeker-0" is deleted
    Then within 60 seconds pod "seeker-0" is replaced
    And pod "seeker-0" asks name server "192.0.2.53"

  Scenario: A replica on the network of its node finds its service all the same
    Given stateful set "hosted" with 1 ready replica
    When pod "hosted-0" is deleted
    Then within 60 seconds pod "hosted-0" is replaced
    And within 10 seconds pod "hosted-0" finds the ready pods of "hosted" by each form of "hosted-svc"

  Scenario: A replica that takes its time to stop is found meanwhile
    Given stateful set "farewell" with 1 ready replica
    When pod "farewell-0" is deleted
    Then for 3 seconds name "farewell-0.farewells" leads to pod "farewell-0" alone
