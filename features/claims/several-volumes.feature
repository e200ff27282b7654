@upstream @needs_dynamic_volumes
Feature: A replica with several volumes gets each of them back
  A database may keep its data and its log on separate volumes. The claims are told apart by the names of their
  templates: none is lost, and none takes the place of another.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Background:
    Given StatefulSet "ledger" with 2 ready replicas

  Rule: A recreated set finds all its claims

    Scenario: A set that is applied again finds each of its claims by name
      Given StatefulSet "ledger" has been deleted
      When StatefulSet "ledger" is applied again
      Then within 60 seconds all 2 replicas of "ledger" are ready
      And "ledger" uses claims "data-ledger-0", "log-ledger-0", "data-ledger-1" and "log-ledger-1", which already existed
      And at no time since the scenario began did a replica of "ledger" lose its claim

    @needs_containers
    Scenario: A set that is applied again finds in each volume what was in it
      Given each replica of "ledger" has written its own data to "/log" and "/data"
      And StatefulSet "ledger" has been deleted
      When StatefulSet "ledger" is applied again
      Then within 60 seconds all 2 replicas of "ledger" are ready
      And each replica of "ledger" reads its own data in "/log" and "/data"

  Rule: A lost claim is recreated, and the others are kept

    Scenario: A replica that lost one of its claims gets a new one and keeps the other
      When pod "ledger-1" is deleted with its claim "data-ledger-1"
      Then within 60 seconds claim "data-ledger-1" is recreated
      And within 60 seconds pod "ledger-1" is replaced
      And "ledger" uses claims "log-ledger-0", "data-ledger-0" and "log-ledger-1", which already existed

    @needs_containers
    Scenario: A replica that has lost a claim finds the new volume empty
      Given each replica of "ledger" has written its own data to "/log" and "/data"
      When pod "ledger-1" is deleted with its claim "data-ledger-1"
      Then within 60 seconds claim "data-ledger-1" is recreated
      And within 60 seconds pod "ledger-1" is replaced
      And the volume of pod "ledger-1" is empty
