@upstream
Feature: The policy of a volume decides what becomes of it without its claim
  Somebody deletes a claim. A volume that is to be kept stays with all that is in it and goes to nobody else; one that is
  to be deleted goes. What counts is the policy at that moment.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming

  Scenario: A volume with reclaim policy Retain is released
    Given claim "first" is bound to volume "kept"
    When claim "first" is deleted
    Then within 5 seconds volume "kept" was available, bound and released
    And for 3 seconds volume "kept" is released

  Scenario: A volume that was released goes to no other claim
    Given claim "first" is bound to volume "kept"
    And claim "first" has been deleted
    When claim "next" is created
    Then for 3 seconds claim "next" is not bound
    And within 5 seconds volume "kept" is released

  Scenario: A volume with reclaim policy Delete is deleted with its claim
    Given claim "first" is bound to volume "lost"
    When claim "first" is deleted
    Then within 5 seconds volume "lost" is deleted

  Scenario: A volume whose reclaim policy becomes Retain stays
    Given claim "first" is bound to volume "lost"
    And volume "lost" has been given reclaim policy Retain
    When claim "first" is deleted
    Then for 3 seconds volume "lost" exists
    And within 5 seconds volume "lost" is released
