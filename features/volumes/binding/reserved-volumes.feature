@upstream
Feature: A claim and a volume can be reserved for each other
  A volume can be reserved for a claim, and a claim can name one volume or select volumes by their labels. Then no other
  is bound, however well it would fit.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reserving-a-persistentvolume

  Scenario: A volume that is reserved waits for its claim
    Given volume "reserved" is available
    And claim "other" is pending
    When claim "owner" is created
    Then within 5 seconds claim "owner" is bound to volume "reserved"
    And for 3 seconds claim "other" is pending

  Scenario: A claim that names a volume takes no other
    Given volumes "small-1" and "large" are available
    When claim "chooser" is created
    Then within 5 seconds claim "chooser" is bound to volume "large"
    And for 3 seconds volume "small-1" is available

  Scenario: The claims of a set take only volumes with the labels they select
    Given volumes "slow", "fast-1" and "fast-2" are available
    When StatefulSet "ranked" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "ranked" are ready
    And within 5 seconds 2 of claims "data-ranked-0" and "data-ranked-1" and volumes "fast-1" and "fast-2" are bound to each other
    And for 3 seconds volume "slow" is available

  Scenario: A claim with a selector of expressions takes the volume that matches
    Given volumes "slow", "fast-1" and "fast-2" are available
    When claim "picky" is created
    Then within 5 seconds claim "picky" is bound to volume "fast-2"
