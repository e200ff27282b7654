Feature: An unreachable replica leaves the service and is not replaced
  The network of one pod drops all packets, those of clients and those of probes alike, without an error.

  @needs_pod_faults
  Scenario: A member that nothing reaches is out of service, and is not replaced
    Given StatefulSet "site" with 3 ready replicas
    And client "visitor" queries "site" continuously
    When pod "site-1" is cut off from the network
    Then within 20 seconds name "site-1.site-svc" does not resolve
    And for 3 seconds no pod of "site" is replaced
    And at no time since the event was "site-0" without an answer for more than 1 second

  @needs_pod_faults
  Scenario: A member is back in service as soon as it can be reached again
    Given StatefulSet "site" with 3 ready replicas
    And client "visitor" queries "site" continuously
    And pod "site-1" has been cut off from the network
    When pod "site-1" is reconnected to the network
    Then within 10 seconds client "visitor" gets answers from all replicas of "site"

  @needs_pod_faults
  Scenario: A client that could not reach a replica loses no acknowledged write
    Given StatefulSet "notebook" with 3 ready replicas
    And client "writer" writes continuously
    And client "writer" has been cut off from pod "notebook-1"
    When client "writer" is reconnected to pod "notebook-1"
    Then within 10 seconds client "writer" has 6 writes in a row acknowledged
    And no acknowledged write of client "writer" is lost
