Feature: Volumes that were made before outlive the set
  Whoever deletes a set, by mistake or to install it anew, gets every replica back with the volume it had and with all
  that is in it.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Background:
    Given shared storage with these volumes:
      | volume | size | access        |
      | pv003  | 2Gi  | ReadWriteMany |
      | pv004  | 3Gi  | ReadWriteMany |
      | pv005  | 5Gi  | ReadWriteMany |
    And stateful set "myapp" with 3 ready replicas

  Scenario: A set that is applied again gets the volumes it had
    Given stateful set "myapp" is gone
    When stateful set "myapp" is applied again
    Then within 60 seconds all 3 replicas of "myapp" are ready
    And at no time did a replica of "myapp" lose its claim

  @needs_containers @needs_common_folder
  Scenario: A set that is applied again finds its data
    Given each replica of "myapp" has written data of its own
    And stateful set "myapp" is gone
    When stateful set "myapp" is applied again
    Then within 60 seconds all 3 replicas of "myapp" are ready
    And each replica of "myapp" reads the data it has written
