@needs_containers @needs_dynamic_volumes @needs_servers
Feature: A database whose claim was lost comes back from a backup of it
  The backup is a copy of the claim, made while the database is stopped. It is restored into a new claim, made
  beforehand under the name of the lost one; the replica that it is named after takes it as its own.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Background:
    Given stateful set "mysql" with 1 ready replica
    And each replica of "mysql" has stored entries of its own
    And stateful set "mysql" has been scaled to 0

  Scenario: A replica that finds its claim restored has its entries
    Given task "mysql-backup" is done
    And claim "db-mysql-0" is lost
    And task "mysql-restore" is done
    When stateful set "mysql" is scaled to 1
    Then within 60 seconds all 1 replicas of "mysql" are ready
    And each replica of "mysql" has every entry that it acknowledged
