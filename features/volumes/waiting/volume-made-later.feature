@upstream
Feature: A pending pod runs as soon as there is a volume for it
  A pod whose claim has no volume is not given up: it is scheduled again when a volume is created, on the node of that
  volume.
  See https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode

  Background:
    Given claim "late" is pending
    And pod "consumer" is unschedulable

  Scenario: A volume that is made later lets the pod run
    When volume "patient" is created
    Then within 30 seconds pod "consumer" is ready
    And within 5 seconds claim "late" is bound to volume "patient"

  @needs_three_nodes
  Scenario: A volume that is made on a node brings the pod there
    When volume "patient" is created on the last node
    Then within 30 seconds pod "consumer" is ready
    And within 5 seconds claim "late" is bound to volume "patient"
    And pod "consumer" runs on the node of its volume
