@needs_containers @needs_dynamic_volumes @needs_servers
Feature: etcd grows and shrinks with its set, and always has a quorum
  A new replica joins as a learner, without a vote, and is promoted when it has caught up, one after the other. On the
  way down each member is removed after its pod is gone and before the next one goes. Its claim is deleted too: a
  removed member can never come back with its old data.
  See https://etcd.io/docs/v3.6/op-guide/runtime-configuration/

  Scenario: New replicas become members, one after the other
    Given StatefulSet "etcd" with 3 ready replicas
    When StatefulSet "etcd" is scaled to 5
    Then within 60 seconds all 5 replicas of "etcd" are ready
    And within 20 seconds the members of "etcd" are "etcd-0", "etcd-1", "etcd-2", "etcd-3" and "etcd-4"
    And at no time since the event were fewer than 3 pods of "etcd" ready

  Scenario: Replicas that are taken away leave neither a member nor a claim behind
    Given StatefulSet "etcd" with 5 ready replicas
    When "etcd" is shrunk to 3 members
    Then within 20 seconds the members of "etcd" are "etcd-0", "etcd-1" and "etcd-2"
    And within 20 seconds claims "data-etcd-3" and "data-etcd-4" are deleted
    And at no time since the event were fewer than 3 pods of "etcd" ready

  Scenario: A replica that was taken away comes back as a new member
    Given StatefulSet "etcd" with 4 ready replicas
    And the members of "etcd" are "etcd-0", "etcd-1", "etcd-2" and "etcd-3"
    And "etcd" has been shrunk to 3 members
    When StatefulSet "etcd" is scaled to 4
    Then within 60 seconds all 4 replicas of "etcd" are ready
    And within 20 seconds pod "etcd-3" is a new member
