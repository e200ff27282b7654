@upstream
Feature: The policy of a volume decides what becomes of it without its claim
  Somebody deletes a claim. A volume that is to be kept stays with all that is in it and goes to nobody else; one that is
  to be deleted goes. What counts is the policy at that moment.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming

  Scenario: A volume that is kept is released, and says when
    Given claim "first" has got volume "kept"
    When claim "first" is deleted
    Then within 5 seconds volume "kept" was available, bound and released
    And for 3 seconds volume "kept" is released

  Scenario: A volume that was released goes to no other claim
    Given claim "first" has got volume "kept"
    And claim "first" is gone
    When claim "next" is made
    Then for 3 seconds claim "next" has no volume
    And within 5 seconds volume "kept" is released

  Scenario: A volume that is to be deleted goes with its claim
    Given claim "first" has got volume "lost"
    When claim "first" is deleted
    Then within 5 seconds volume "lost" goes

  Scenario: A volume that is to be kept after all stays
    Given claim "first" has got volume "lost"
    And volume "lost" is to be kept after all
    When claim "first" is deleted
    Then for 3 seconds volume "lost" is there
    And within 5 seconds volume "lost" is released
