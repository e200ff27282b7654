@needs_containers @needs_dynamic_volumes
Feature: Replicas share a volume, or have one each
  The replicas of a Deployment are alike: they all use the claim that its pod template names, and what one writes the
  others read. The replicas of a StatefulSet have a claim each, and what one writes is its own.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes

  Background:
    Given Deployment "nginx-pvc" with 3 replicas sharing a claim
    And StatefulSet "myapp" with 2 ready replicas

  @needs_common_folder
  Scenario: What one replica writes to a shared claim all the others read
    When a replica of "nginx-pvc" writes a file
    Then within 10 seconds 3 of 3 replicas of "nginx-pvc" have that file

  @needs_common_folder
  Scenario: Replicas that are all replaced find the file that was shared
    Given a replica of "nginx-pvc" has written a file
    When all replicas of "nginx-pvc" are deleted
    Then within 60 seconds all 3 replicas of Deployment "nginx-pvc" are ready
    And within 10 seconds 3 of 3 replicas of "nginx-pvc" have that file

  Scenario: What one replica writes to a claim of its own no other replica reads
    When a replica of "myapp" writes a file
    Then for 3 seconds 1 of 2 replicas of "myapp" has that file
