Feature: An acknowledged write is never lost
  A client in the cluster keeps writing new keys to all replicas, and at the end reads each key that was acknowledged. A
  write that was refused or not answered may be there or not.

  Background:
    Given StatefulSet "notebook" with 3 ready replicas
    And client "writer" writes continuously

  @needs_containers
  Scenario: Members that are lost and come back have kept what they acknowledged
    When pods "notebook-0" and "notebook-2" are deleted
    Then within 60 seconds all 3 replicas of "notebook" are ready
    And no acknowledged write of client "writer" is lost
    And at least 30 percent of the writes of client "writer" since the event were acknowledged

  @needs_containers
  Scenario: A rollout keeps what was acknowledged before, meanwhile and after
    When version "v2" of "notebook" is rolled out
    Then within 60 seconds all 3 replicas of "notebook" run version "v2"
    And no acknowledged write of client "writer" is lost
