@needs_containers @needs_dynamic_volumes @needs_servers
Feature: A database whose claim was lost is restored from a backup
  The backup is a copy of the claim, made while the database is stopped. It is restored into a new claim, created under
  the name of the lost one; the replica of that name uses it.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Background:
    Given StatefulSet "mysql" with 1 ready replica
    And each replica of "mysql" has stored its own entries
    And StatefulSet "mysql" has been scaled to 0

  Scenario: A replica that finds its claim restored has its entries
    Given task "mysql-backup" has completed
    And claim "db-mysql-0" has been deleted
    And task "mysql-restore" has completed
    When StatefulSet "mysql" is scaled to 1
    Then within 60 seconds the only replica of "mysql" is ready
    And each replica of "mysql" has every entry that it acknowledged
