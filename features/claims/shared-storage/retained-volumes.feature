Feature: Volumes that were created beforehand outlive the set
  When a set is deleted and recreated, by mistake or on purpose, each replica gets back the volume it had, with its
  data.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Background:
    Given shared storage with these volumes:
      | volume | size | access        |
      | pv003  | 2Gi  | ReadWriteMany |
      | pv004  | 3Gi  | ReadWriteMany |
      | pv005  | 5Gi  | ReadWriteMany |
    And StatefulSet "myapp" with 3 ready replicas

  Scenario: A set that is applied again gets the volumes it had
    Given StatefulSet "myapp" has been deleted
    When StatefulSet "myapp" is applied again
    Then within 60 seconds all 3 replicas of "myapp" are ready
    And at no time since the scenario began did a replica of "myapp" lose its claim

  @needs_containers @needs_common_folder
  Scenario: A set that is applied again finds its data
    Given each replica of "myapp" has written its own data
    And StatefulSet "myapp" has been deleted
    When StatefulSet "myapp" is applied again
    Then within 60 seconds all 3 replicas of "myapp" are ready
    And each replica of "myapp" reads its own data
