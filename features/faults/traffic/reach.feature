Feature: A member that nothing reaches is missed by those who ask it, and by nobody else
  The line to one pod breaks: packets are lost without a word, those of clients and those of probes alike.

  @needs_pod_faults
  Scenario: A member that nothing reaches is out of service, and is not replaced
    Given stateful set "site" with 3 ready replicas
    And client "visitor" asks "site" all the while
    When pod "site-1" is cut off the network
    Then within 20 seconds name "site-1.site-svc" leads nowhere
    And for 3 seconds no pod of "site" is replaced
    And at no time was "site-0" without an answer for more than 1 second

  @needs_pod_faults
  Scenario: A member is back in service as soon as it can be reached again
    Given stateful set "site" with 3 ready replicas
    And client "visitor" asks "site" all the while
    And pod "site-1" has been cut off the network
    When pod "site-1" can be reached again
    Then within 10 seconds client "visitor" is answered by all members of "site"

  @needs_pod_faults
  Scenario: A client that could not reach a member loses nothing that was acknowledged
    Given stateful set "notebook" with 3 ready replicas
    And client "writer" writes all the while
    And client "writer" and pod "notebook-1" cannot reach each other
    When client "writer" and pod "notebook-1" reach each other again
    Then within 10 seconds client "writer" has 6 writes in a row acknowledged
    And no acknowledged write of client "writer" is lost
