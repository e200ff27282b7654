Feature: A member that is slow is missed by those who ask it, and keeps what it has acknowledged
  Nothing is lost on the way: what a slow line or a slow disk does not take at once has to wait for its turn.

  @needs_slow_lines
  Scenario: A member whose answers come late is out of service, and is not replaced
    Given stateful set "site" with 3 ready replicas
    And client "visitor" asks "site" all the while
    When the line of pod "site-1" carries no more than 50 bytes a second
    Then within 20 seconds name "site-1.site-svc" leads nowhere
    And for 3 seconds no pod of "site" is replaced
    And at no time was "site-0" without an answer for more than 1 second

  @needs_slow_lines
  Scenario: A client whose answers came late loses nothing that was acknowledged
    Given stateful set "notebook" with 3 ready replicas
    And client "writer" writes all the while
    And the line of pod "notebook-1", at 50 bytes a second, has been too slow for client "writer"
    When the line of pod "notebook-1" carries everything again
    Then within 20 seconds client "writer" has 6 writes in a row acknowledged
    And no acknowledged write of client "writer" is lost

  @needs_slow_volumes
  Scenario: A member with a slow volume acknowledges late or not at all, and keeps what it acknowledged
    Given stateful set "notebook" with 3 ready replicas
    And client "writer" writes all the while
    When the volume of pod "notebook-1" takes no more than 1 KiB a second
    Then within 20 seconds a write of client "writer" is not acknowledged
    And for 3 seconds no pod of "notebook" is replaced
    And no acknowledged write of client "writer" is lost
