Feature: A set uses the claims that were made for it beforehand
  Whoever moves a database into a set makes its claims first, with the data in them. The name says which replica a claim
  is for: that of the template, of the set, and the ordinal. Under any other name it is nobody's.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Scenario: Claims named for the replicas become theirs
    Given volumes "small-1" and "small-2" are there
    And claims "db-mysql-0" and "db-mysql-1" have got a volume each
    When stateful set "mysql" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "mysql" are ready
    And "mysql" uses claims "db-mysql-0" and "db-mysql-1", which were there before

  Scenario: A claim under another name is left alone
    Given volumes "small-1" and "small-2" are there
    And claim "mysql-db-0" has got a volume
    When stateful set "mysql" is applied with 1 replica
    Then within 60 seconds all 1 replicas of "mysql" are ready
    And at no time did a pod use claim "mysql-db-0"
