@upstream @needs_dynamic_volumes
Feature: Claims go with their set or its replicas where that is asked for, and only there
  A test system may clean up behind itself, a database must not. The set says which; what somebody else has a right to is
  left alone either way.

  Background:
    Given stateful set "web" with 2 ready replicas

  Scenario: Claims belong to the set that gives them up when it is deleted
    When "web" is to give up its claims when it is deleted
    Then within 10 seconds claims "www-web-0" and "www-web-1" belong to "web"

  Scenario: A set that gives up its claims leaves none behind
    Given "web" is to give up its claims when it is deleted
    When stateful set "web" is deleted
    Then within 20 seconds claims "www-web-0" and "www-web-1" are gone

  Scenario: A set that was not asked to give up its claims leaves them all
    When stateful set "web" is deleted
    Then within 30 seconds no pod of "web" is left
    And for 5 seconds claims "www-web-0" and "www-web-1" are bound to a volume each

  Scenario: A set that gives up its claims leaves none behind for a pod that it has adopted
    Given "web" is to give up its claims when it is deleted
    And pod "web-1" has lost its owner, and found it again
    When stateful set "web" is deleted
    Then within 20 seconds claims "www-web-0" and "www-web-1" are gone

  Scenario: The claim of a replica that is scaled away goes, the others stay
    Given "web" is to give up the claims of replicas that are scaled away
    When stateful set "web" is scaled to 1
    Then within 20 seconds claim "www-web-1" is gone
    And for 5 seconds claim "www-web-0" is there

  Scenario: The claim of an adopted replica that is scaled away goes
    Given "web" is to give up the claims of replicas that are scaled away
    And pod "web-1" has lost its owner, and found it again
    When stateful set "web" is scaled to 1
    Then within 20 seconds claim "www-web-1" is gone
    And for 5 seconds claim "www-web-0" is there

  Scenario: A claim that somebody else controls stays whatever the set is to give up
    Given claim "www-web-1" belongs to somebody else
    And "web" is to give up the claims of replicas that are scaled away
    When stateful set "web" is scaled to 0
    Then within 20 seconds claim "www-web-0" is gone
    And at no time did a replica of "web" lose its claim
