Feature: A site stays available during a rollout
  A client in the cluster asks each replica by its name, and the service by its address, several times a second. What
  the client receives counts, not what the pods report.

  Background:
    Given StatefulSet "site" with 3 available replicas
    And client "visitor" queries "site" continuously

  @needs_containers
  Scenario: A rollout takes one member at a time out of service
    When version "v2" of "site" is rolled out
    Then within 90 seconds all 3 replicas of "site" run version "v2"
    And at no time since the event were fewer than 2 replicas of "site" answering
    And at no time since the event was "site" without an answer for more than 1 second

  @needs_containers
  Scenario: A rollout sends no client to a replica that is gone
    When version "v2" of "site" is rolled out
    Then within 90 seconds all 3 replicas of "site" run version "v2"
    And at no time since the scenario began was a name of "site" wrong for more than 8 seconds
