Feature: A claim is bound to the smallest volume that fits
  Without dynamic provisioning the volumes are created beforehand. A claim takes the smallest one that is large enough
  and has the requested access modes, and keeps it. Each replica of "myapp" requests 2Gi with ReadWriteMany.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding

  Background:
    Given shared storage with these volumes:
      | volume | size | access        |
      | pv001  | 1Gi  | ReadWriteMany |
      | pv002  | 2Gi  | ReadWriteOnce |
      | pv003  | 2Gi  | ReadWriteMany |
      | pv004  | 3Gi  | ReadWriteMany |
      | pv005  | 5Gi  | ReadWriteMany |

  Scenario: Each claim takes the smallest volume that fits
    When StatefulSet "myapp" is applied with 3 replicas
    Then within 60 seconds all 3 replicas of "myapp" are ready
    And claim "myappdata-myapp-0" is bound to volume "pv003"
    And claim "myappdata-myapp-1" is bound to volume "pv004"
    And claim "myappdata-myapp-2" is bound to volume "pv005"
