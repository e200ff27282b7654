@upstream @needs_three_nodes
Feature: A pod that cannot run on the node of its volume does not run
  If the pod is restricted to one node and its volume to another, the pod is unschedulable and says why. It does not run
  without its volume, nor with another one.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity

  Background:
    Given claim "pinned" is bound to volume "here" on the first node

  Scenario: A pod restricted to another node does not run
    When pod "stray" is created on the last node
    Then within 5 seconds pod "stray" is unschedulable, because "PersistentVolume's node affinity"
    And for 3 seconds pod "stray" is unschedulable

  Scenario: A pod with anti-affinity to the one on its volume's node does not run
    Given pod "holder" is ready
    When pod "shy" is created
    Then within 5 seconds pod "shy" is unschedulable, because "anti-affinity"
    And for 3 seconds pod "shy" is unschedulable
