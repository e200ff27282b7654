Feature: A slow replica leaves the service and loses no acknowledged write
  A slow network or disk delays writes. It drops none of them.

  @needs_slow_lines
  Scenario: A member whose answers come late is out of service, and is not replaced
    Given StatefulSet "site" with 3 ready replicas
    And client "visitor" queries "site" continuously
    When the network of pod "site-1" is limited to 50 bytes per second
    Then within 20 seconds name "site-1.site-svc" does not resolve
    And for 3 seconds no pod of "site" is replaced
    And at no time since the event was "site-0" without an answer for more than 1 second

  @needs_slow_lines
  Scenario: A client whose answers came late loses no acknowledged write
    Given StatefulSet "notebook" with 3 ready replicas
    And client "writer" writes continuously
    And the network of pod "notebook-1", limited to 50 bytes per second, has been too slow for client "writer"
    When the network limit of pod "notebook-1" is lifted
    Then within 20 seconds client "writer" has 6 writes in a row acknowledged
    And no acknowledged write of client "writer" is lost

  @needs_slow_volumes
  Scenario: A replica with a slow volume keeps what it acknowledged
    Given StatefulSet "notebook" with 3 ready replicas
    And client "writer" writes continuously
    When writes to the volume of pod "notebook-1" are limited to 1 KiB per second
    Then within 20 seconds a write of client "writer" is not acknowledged
    And for 3 seconds no pod of "notebook" is replaced
    And no acknowledged write of client "writer" is lost
