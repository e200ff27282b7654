@upstream @needs_csi @needs_snapshots
Feature: A snapshot keeps the data of a volume at one moment
  A snapshot is taken while the application runs. Whatever happens to the volume afterwards, a claim that is created
  from the snapshot starts with the data of that moment.
  See https://kubernetes.io/docs/concepts/storage/volume-snapshots/

  Background:
    Given StatefulSet "vault" with 1 ready replica

  Scenario: A claim that is made from a snapshot gets a volume of its own
    Given snapshot "evening" is ready
    When pod "reader" is created with claim "restored"
    Then within 120 seconds pod "reader" is ready
    And claim "restored" has its own volume, made from snapshot "evening"

  Scenario: A snapshot outlives the claim that it was taken of
    Given snapshot "evening" is ready
    And StatefulSet "vault" has been deleted
    And claim "data-vault-0" has been deleted
    When pod "reader" is created with claim "restored"
    Then within 120 seconds pod "reader" is ready
    And claim "restored" has its own volume, made from snapshot "evening"

  @needs_containers
  Scenario: What was written after a snapshot is not in a claim made from it
    Given each replica of "vault" has written its own data
    And snapshot "evening" is ready
    And each replica of "vault" has written new data
    When pod "reader" is created with claim "restored"
    Then within 120 seconds pod "reader" is ready
    And pod "reader" reads what pod "vault-0" had written before snapshot "evening"
