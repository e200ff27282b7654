Feature: Scaling adds and removes only the highest ordinals
  An operator who scales a set knows which members are added and which are removed.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees

  Scenario: Scaling up adds the next ordinal and leaves the others alone
    Given StatefulSet "nginx-web" with 2 ready replicas
    When StatefulSet "nginx-web" is scaled to 3
    Then within 60 seconds all 3 replicas of "nginx-web" are ready
    And pod "nginx-web-2" is the only one that was created

  @needs_dynamic_volumes
  Scenario: Applying a smaller number removes the highest ordinals
    Given StatefulSet "myapp" with 4 ready replicas
    When StatefulSet "myapp" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "myapp" are ready
    And pods "myapp-3" and "myapp-2" were deleted in this order, each after the one before was gone
    And at no time since the scenario began did "myapp" stop a replica out of order
