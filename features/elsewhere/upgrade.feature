Feature: An application keeps its promises while its release changes
  An upgrade brings what the next release says, and takes away what it no longer has. Rolling it back leads to the
  release that was there before. Meanwhile the application is what it has to be at any other time.

  Background:
    Given release "1.2" is in "shop"
    And release "1.3" is in "shop-next"
    And StatefulSet "till" with 2 ready replicas

  Scenario: An upgrade replaces one replica and leaves the other one ready
    When release "1.2" is upgraded to "1.3"
    Then within 60 seconds all 2 replicas of "till" run version "1.3"
    And at no time since the event were fewer than 1 pods of "till" ready

  Scenario: A release that is rolled back runs what it ran before
    Given release "1.2" has been upgraded to "1.3"
    When release "1.3" is rolled back to "1.2"
    Then within 60 seconds all 2 replicas of "till" run version "1.2"
    And at no time since the event were fewer than 1 pods of "till" ready

  Scenario: A name leads to the replica of the next release
    When release "1.2" is upgraded to "1.3"
    Then within 60 seconds the rollout of "till" is complete
    And within 10 seconds name "till-1.tills" resolves to a new pod "till-1"

  Scenario: A name leads to the replica of the release that is back
    Given release "1.2" has been upgraded to "1.3"
    When release "1.3" is rolled back to "1.2"
    Then within 60 seconds the rollout of "till" is complete
    And within 10 seconds name "till-0.tills" resolves to a new pod "till-0"
