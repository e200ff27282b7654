@upstream
Feature: A claim waits for its first pod where its class says so
  Where it matters which node a volume is on, the claim gets none before it is known where its pod will run.
  See https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode

  Background:
    Given volume "patient" is there

  Scenario: A claim that no pod uses gets no volume
    When claim "late" is made
    Then for 3 seconds claim "late" has no volume

  @needs_containers
  Scenario: The first pod that uses the claim gets it a volume
    Given claim "late" waits for a volume
    When pod "consumer" is started
    Then within 30 seconds pod "consumer" is ready
    And within 5 seconds claim "late" is bound to volume "patient"

  @needs_containers
  Scenario: A pod finds one volume wherever it has mounted it
    Given claim "late" waits for a volume
    When pod "twice" is started
    Then within 30 seconds pod "twice" is ready
    And pod "twice" finds in "/there" what it writes into "/here"
