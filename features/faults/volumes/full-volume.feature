Feature: A full volume loses no acknowledged write
  A replica that cannot store a write must not acknowledge it. The other replicas continue, and so does this one once it
  has room again.

  Background:
    Given StatefulSet "notebook" with 3 ready replicas
    And client "writer" writes continuously

  @needs_containers
  Scenario: A member whose volume is full takes nothing that it cannot keep
    When the volume of pod "notebook-1" is filled
    Then within 10 seconds a write of client "writer" is not acknowledged
    And for 3 seconds no pod of "notebook" is replaced
    And no acknowledged write of client "writer" is lost

  @needs_containers
  Scenario: A member whose volume was full takes writes again as soon as it has room
    Given the volume of pod "notebook-1" has been too full for client "writer" to write
    When the volume of pod "notebook-1" is emptied
    Then within 10 seconds client "writer" has 6 writes in a row acknowledged
    And no acknowledged write of client "writer" is lost
