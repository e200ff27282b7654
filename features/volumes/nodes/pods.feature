@upstream @needs_three_nodes
Feature: A pod that cannot be where its volume is does not run
  Where the pod is wanted on one node and its volume lies on another, the pod waits and says why. It does not run without
  its volume, nor with another one.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity

  Background:
    Given claim "pinned" has got volume "here", which lies on the first node

  Scenario: A pod that is to run on another node does not run
    When pod "stray" is started on the last node
    Then within 5 seconds no node takes pod "stray", because "PersistentVolume's node affinity"
    And for 3 seconds no node takes pod "stray"

  Scenario: A pod that avoids the one on the node of its volume does not run
    Given pod "holder" has started
    When pod "shy" is started
    Then within 5 seconds no node takes pod "shy", because "anti-affinity"
    And for 3 seconds no node takes pod "shy"
