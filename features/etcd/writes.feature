@needs_containers @needs_dynamic_volumes @needs_servers
Feature: A cluster that loses members forgets nothing that it has acknowledged
  Whoever was told that a write is done relies on it. A client in the cluster asks every member by its stable name, all of
  them together, and writes all the while. One member of three may be missing at any time, and if it was the one that led
  the others agree on another in seconds; without two of them nothing is acknowledged.

  Background:
    Given stateful set "etcd" with 3 ready replicas
    And client "etcd-client" asks "etcd" all the while
    And client "etcd-client" writes all the while

  Scenario: Members that are deleted one after another are not missed
    When the pods of "etcd" are deleted one after another, each once all answer client "etcd-client"
    Then no acknowledged write of client "etcd-client" is lost
    And at no time were fewer than 2 members of "etcd" answering
    And at no time was "etcd" without an answer for more than 10 seconds

  Scenario: Members that are deleted at once come back to all that was acknowledged
    When pods "etcd-1" and "etcd-2" are deleted
    Then within 60 seconds all 3 replicas of "etcd" are ready
    And within 20 seconds client "etcd-client" is answered by all members of "etcd"
    And no acknowledged write of client "etcd-client" is lost

  Scenario: Without two of three members nothing is acknowledged
    Given quota "no-more-pods" is in force
    When pods "etcd-1" and "etcd-2" are deleted
    Then within 20 seconds "etcd-0" is the only pod of "etcd"
    And for 5 seconds no write of client "etcd-client" is acknowledged

  Scenario: A cluster that grows and shrinks again forgets nothing
    Given stateful set "etcd" has been scaled to 5
    When "etcd" gives up all members but 3
    Then no acknowledged write of client "etcd-client" is lost
    And at no time were fewer than 2 members of "etcd" answering
    And at no time was "etcd" without an answer for more than 10 seconds
