Feature: Replicas start one by one, each after its predecessor is ready
  A cluster of peers has a first member, and others that join it. They rely on the order in which they start: a replica
  may contact its predecessor as soon as it runs.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees

  Scenario: A new set starts its replicas in the order of their ordinals
    When StatefulSet "nginx-web" is applied with 3 replicas
    Then within 90 seconds all 3 replicas of "nginx-web" are ready
    And pods "nginx-web-0", "nginx-web-1" and "nginx-web-2" were created in this order, each after the one before was ready
    And at no time since the scenario began did "nginx-web" start a replica out of order

  @needs_containers
  Scenario: With parallel pod management replicas do not wait for each other
    The replicas of "crowd" become ready only when they are told to, and nobody tells them.

    When StatefulSet "crowd" is applied with 3 replicas
    Then within 30 seconds "crowd" has 3 pods
    And at no time since the scenario began were more than 0 pods of "crowd" ready
