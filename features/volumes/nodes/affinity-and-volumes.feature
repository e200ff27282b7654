@upstream @needs_three_nodes
Feature: Replicas run where affinity rules and their local volumes allow
  A local volume can be used only on its node. The scheduler chooses node and volume together, so that a set gets what
  it asks for: each replica on a node of its own, or all of them on one.
  See https://kubernetes.io/docs/concepts/storage/volumes/#local

  Background:
    Given every node has local volumes

  Rule: Anti-affinity gives each replica a node of its own

    Scenario: Replicas with anti-affinity take a node each, one after another
      When StatefulSet "apart" is applied with 3 replicas
      Then within 60 seconds all 3 replicas of "apart" are ready
      And pods "apart-0", "apart-1" and "apart-2" run on the nodes of their volumes, each on another
      And at no time since the scenario began were two claims bound to one volume

    Scenario: Replicas with anti-affinity take a node each, all at once
      When StatefulSet "burst" is applied with 3 replicas
      Then within 60 seconds all 3 replicas of "burst" are ready
      And pods "burst-0", "burst-1" and "burst-2" run on the nodes of their volumes, each on another
      And at no time since the scenario began were two claims bound to one volume

  Rule: Affinity keeps all replicas on one node

    Scenario: Replicas with affinity share a node, one after another
      When StatefulSet "together" is applied with 3 replicas
      Then within 60 seconds all 3 replicas of "together" are ready
      And pods "together-0", "together-1" and "together-2" run on the node of their volumes
      And at no time since the scenario began were two claims bound to one volume

    Scenario: Replicas with affinity share a node, all at once
      When StatefulSet "herd" is applied with 3 replicas
      Then within 60 seconds all 3 replicas of "herd" are ready
      And pods "herd-0", "herd-1" and "herd-2" run on the node of their volumes
      And at no time since the scenario began were two claims bound to one volume

  Rule: A local volume holds its replica on its node

    @exclusive
    Scenario: A replica does not leave its volume for another node
      Given StatefulSet "apart" with 1 ready replica
      And the node of pod "apart-0" is cordoned
      When pod "apart-0" is deleted
      Then within 10 seconds pod "apart-0" is unschedulable, because "PersistentVolume's node affinity"
      And for 3 seconds pod "apart-0" is unschedulable
