Feature: A database that an operator runs keeps what a stateful application is promised

  Background:
    Given "shop" exists
    And the pods owned by Database "shop" as "shop"
    And all 3 replicas of "shop" are ready

  Scenario: A lost member comes back under its name, with its claim and its data
    Given each replica of "shop" has written its own data
    When pod "shop-1" is deleted
    Then within 60 seconds pod "shop-1" is replaced
    And at no time since the scenario began did a replica of "shop" lose its claim
    And each replica of "shop" reads its own data

  Scenario: A new version takes one member at a time out of service
    Given client "visitor" queries "shop" continuously
    When "shop-v2" is applied
    Then within 90 seconds all 3 replicas of "shop" run version "1.36"
    And within 20 seconds client "visitor" gets answers from all replicas of "shop"
    And at no time since the event were fewer than 2 pods of "shop" ready
    And at no time since the event were fewer than 2 replicas of "shop" answering

  Scenario: An order that only a StatefulSet promises is not asked of it
    When pods "shop-0" and "shop-1" are deleted
    Then within 60 seconds all 3 replicas of "shop" are ready
    And at no time since the scenario began did "shop" start a replica out of order
