@needs_containers @needs_dynamic_volumes @needs_servers
Feature: etcd loses no acknowledged write when it loses members
  A client in the cluster connects to all members by their stable names and keeps writing. One member of three may be
  missing at any time; if it was the leader, the others elect another within seconds. Without a quorum no write is
  acknowledged.

  Background:
    Given StatefulSet "etcd" with 3 ready replicas
    And client "etcd-client" queries "etcd" continuously
    And client "etcd-client" writes continuously

  Scenario: Members that are deleted one after another are not missed
    When the pods of "etcd" are deleted one by one, each after all have answered client "etcd-client"
    Then no acknowledged write of client "etcd-client" is lost
    And at no time since the event were fewer than 2 replicas of "etcd" answering
    And at no time since the event was "etcd" without an answer for more than 10 seconds

  Scenario: Members that are deleted at once come back to all that was acknowledged
    When pods "etcd-1" and "etcd-2" are deleted
    Then within 60 seconds all 3 replicas of "etcd" are ready
    And within 20 seconds client "etcd-client" gets answers from all replicas of "etcd"
    And no acknowledged write of client "etcd-client" is lost

  Scenario: Without two of three members nothing is acknowledged
    Given resource quota "no-more-pods" exists
    When pods "etcd-1" and "etcd-2" are deleted
    Then within 20 seconds pod "etcd-0" is the only pod of "etcd"
    And for 5 seconds no write of client "etcd-client" is acknowledged

  Scenario: A cluster that grows and shrinks again forgets nothing
    Given StatefulSet "etcd" has been scaled to 5
    When "etcd" is shrunk to 3 members
    Then no acknowledged write of client "etcd-client" is lost
    And at no time since the event were fewer than 2 replicas of "etcd" answering
    And at no time since the event was "etcd" without an answer for more than 10 seconds
