Feature: Whoever visits a site finds it open while members of it are lost
  A client in the cluster asks each member by its name, and the service by its address, several times a second.

  Background:
    Given stateful set "site" with 3 ready replicas
    And client "visitor" asks "site" all the while

  @needs_containers
  Scenario: A member that is lost is back in service soon, and the others serve on
    When pod "site-1" is deleted
    Then within 30 seconds client "visitor" is answered by all members of "site"
    And at no time were fewer than 2 members of "site" answering
    And at no time was "site-1" without an answer for more than 12 seconds

  @needs_containers
  Scenario: Evictions at once take no more members out of service than their budget allows
    Given disruption budget "site-budget" watches over "site"
    When the evictions of pods "site-0", "site-1" and "site-2" are asked for at once
    Then at no time were fewer than 2 members of "site" answering
