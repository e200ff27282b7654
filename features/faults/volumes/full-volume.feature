Feature: A volume that is full costs no write that was acknowledged
  A member that cannot keep what it is given must not say that it has; the others go on, and so does it once it can.

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
