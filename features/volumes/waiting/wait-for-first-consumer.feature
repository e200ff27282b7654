@upstream
Feature: A WaitForFirstConsumer claim waits for its first pod
  If it matters which node a volume is on, the claim is bound only when the scheduler has chosen a node for its pod.
  See https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode

  Background:
    Given volume "patient" is available

  Scenario: A claim that no pod uses gets no volume
    When claim "late" is created
    Then for 3 seconds claim "late" is not bound

  @needs_containers
  Scenario: The first pod that uses the claim gets it a volume
    Given claim "late" is pending
    When pod "consumer" is created
    Then within 30 seconds pod "consumer" is ready
    And within 5 seconds claim "late" is bound to volume "patient"

  @needs_containers
  Scenario: A pod finds one volume wherever it has mounted it
    Given claim "late" is pending
    When pod "twice" is created
    Then within 30 seconds pod "twice" is ready
    And pod "twice" reads in "/there" what it writes to "/here"
