Feature: Whoever visits a site finds it open while it is rolled out
  A client in the cluster asks each member by its name, and the service by its address, several times a second. What it
  is told counts, not what the pods say of themselves.

  Background:
    Given stateful set "site" with 3 ready replicas
    And client "visitor" asks "site" all the while

  @needs_containers
  Scenario: A rollout takes one member at a time out of service
    When version "v2" of "site" is rolled out
    Then within 90 seconds all 3 replicas of "site" run version "v2"
    And at no time were fewer than 2 members of "site" answering
    And at no time was "site" without an answer for more than 1 second

  @needs_containers
  Scenario: A rollout leads nobody to a member that is no longer there
    When version "v2" of "site" is rolled out
    Then within 90 seconds all 3 replicas of "site" run version "v2"
    And at no time was a name of "site" wrong for more than 8 seconds
