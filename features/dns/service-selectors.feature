Feature: A service resolves to the pods it selects
  Other services may select the same pods as the governing service of a set: one for readers, one for each replica, one
  for several applications. Each resolves to its own selection, and none of them gives a replica a name.
  See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-hostname-and-subdomain-fields

  Background:
    Given StatefulSet "nginx-web" with 2 ready replicas

  Scenario: A second service resolves to the replicas, and names none of them
    Given service "readers" selects the pods of "nginx-web"
    When StatefulSet "nginx-web" is scaled to 3
    Then within 60 seconds all 3 replicas of "nginx-web" are ready
    And within 10 seconds name "readers" resolves to exactly the ready pods that it selects
    And for 10 seconds name "nginx-web-0.readers" does not resolve
    And at no time since the scenario began was a name of "nginx-web" wrong for more than 8 seconds

  Scenario: A service with the name of a replica resolves to its own address
    Given service "nginx-web-0" selects the pods of "nginx-web"
    When pod "nginx-web-0" is deleted
    Then within 60 seconds pod "nginx-web-0" is replaced
    And within 10 seconds name "nginx-web-0" resolves to the cluster IP of the service
    And within 10 seconds name "nginx-web-0.nginx-svc" resolves to pod "nginx-web-0" alone
    And at no time since the scenario began was a name of "nginx-web" wrong for more than 8 seconds

  Scenario: A service over two sets resolves to the replicas of both
    Given StatefulSet "peer" with 1 ready replica
    And service "everybody" selects the pods of "nginx-web"
    When StatefulSet "peer" is scaled to 2
    Then within 60 seconds all 2 replicas of "peer" are ready
    And within 10 seconds name "everybody" resolves to exactly the ready pods that it selects
    And at no time since the scenario began was a name of "peer" wrong for more than 8 seconds
