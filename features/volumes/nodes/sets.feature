@upstream @needs_three_nodes
Feature: Replicas whose volumes lie on nodes go where the set and its volumes allow
  A volume on the disk of a node can be used there and nowhere else. The scheduler chooses node and volume together, so
  that a set gets what it asks for: every replica on a node of its own, or all of them on one.
  See https://kubernetes.io/docs/concepts/storage/volumes/#local

  Background:
    Given every node has volumes of its own

  Scenario: Replicas that avoid each other take a node each, one after another
    When stateful set "apart" is applied with 3 replicas
    Then within 60 seconds all 3 replicas of "apart" are ready
    And pods "apart-0", "apart-1" and "apart-2" run on a node each, where their volumes are
    And at no time were two claims bound to one volume

  Scenario: Replicas that avoid each other take a node each, all at once
    When stateful set "burst" is applied with 3 replicas
    Then within 60 seconds all 3 replicas of "burst" are ready
    And pods "burst-0", "burst-1" and "burst-2" run on a node each, where their volumes are
    And at no time were two claims bound to one volume

  Scenario: Replicas that belong together share a node, one after another
    When stateful set "together" is applied with 3 replicas
    Then within 60 seconds all 3 replicas of "together" are ready
    And pods "together-0", "together-1" and "together-2" run on one node, where their volumes are
    And at no time were two claims bound to one volume

  Scenario: Replicas that belong together share a node, all at once
    When stateful set "herd" is applied with 3 replicas
    Then within 60 seconds all 3 replicas of "herd" are ready
    And pods "herd-0", "herd-1" and "herd-2" run on one node, where their volumes are
    And at no time were two claims bound to one volume

  @exclusive
  Scenario: A replica does not leave its volume for another node
    Given stateful set "apart" with 1 ready replica
    And the node of pod "apart-0" takes no new pods
    When pod "apart-0" is deleted
    Then within 10 seconds no node takes pod "apart-0", because "PersistentVolume's node affinity"
    And for 3 seconds no node takes pod "apart-0"
