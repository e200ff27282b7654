@upstream @needs_dynamic_volumes
Feature: A replica that has several volumes gets each of them back
  A database may keep its data and its log on volumes of their own. The claims are told apart by the names of their
  templates: none is lost, and none takes the place of another.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Background:
    Given stateful set "ledger" with 2 ready replicas

  Scenario: A set that is applied again finds each of its claims by name
    Given stateful set "ledger" is gone
    When stateful set "ledger" is applied again
    Then within 60 seconds all 2 replicas of "ledger" are ready
    And "ledger" uses claims "data-ledger-0", "log-ledger-0", "data-ledger-1" and "log-ledger-1", which were there before
    And at no time did a replica of "ledger" lose its claim

  @needs_containers
  Scenario: A set that is applied again finds in each volume what was in it
    Given each replica of "ledger" has written another text into "/log" than into "/data"
    And stateful set "ledger" is gone
    When stateful set "ledger" is applied again
    Then within 60 seconds all 2 replicas of "ledger" are ready
    And each replica of "ledger" reads in "/log" and "/data" what it has written there

  Scenario: A replica that has lost one of its claims gets a new one, and keeps the other
    When pod "ledger-1" is deleted with its claim "data-ledger-1"
    Then within 60 seconds claim "data-ledger-1" is made anew
    And within 60 seconds pod "ledger-1" is replaced
    And "ledger" uses claims "log-ledger-0", "data-ledger-0" and "log-ledger-1", which were there before

  @needs_containers
  Scenario: A replica that has lost a claim finds the new volume empty
    Given each replica of "ledger" has written another text into "/log" than into "/data"
    When pod "ledger-1" is deleted with its claim "data-ledger-1"
    Then within 60 seconds claim "data-ledger-1" is made anew
    And within 60 seconds pod "ledger-1" is replaced
    And pod "ledger-1" finds its volume empty
