@needs_containers @needs_dynamic_volumes @needs_servers
Feature: A database keeps what it has acknowledged
  The database is MariaDB: the server, the client, and its data on the volume. An entry counts from the moment the
  server acknowledges the commit.
  See https://kubernetes.io/docs/tutorials/stateful-application/mysql-wordpress-persistent-volume/

  Background:
    Given StatefulSet "mysql" with 2 ready replicas of version "v1"
    And each replica of "mysql" has stored its own entries

  Scenario: A database that is replaced has its entries
    When pod "mysql-1" is deleted
    Then within 60 seconds pod "mysql-1" is replaced
    And each replica of "mysql" has every entry that it acknowledged
    And at no time since the scenario began did a replica of "mysql" lose its claim

  Scenario: A database that is stopped gets the time to end in good order
    When pod "mysql-1" is deleted
    Then within 60 seconds pod "mysql-1" is replaced
    And the server of pod "mysql-1" had been shut down cleanly
    And each replica of "mysql" has every entry that it acknowledged

  Scenario: A database that crashes has its entries when it runs again
    When the server of pod "mysql-1" crashes
    Then within 30 seconds pod "mysql-1" runs again
    And the server of pod "mysql-1" had crashed
    And each replica of "mysql" has every entry that it acknowledged

  Scenario: A new version of the database finds the entries of the old one
    When version "v2" of "mysql" is rolled out
    Then within 90 seconds all 2 replicas of "mysql" run version "v2"
    And each replica of "mysql" has every entry that it acknowledged
    And the server of pod "mysql-0" had been shut down cleanly
    And at no time since the scenario began did "mysql" replace a replica out of order
