module statefulspec/programs/go-between

go 1.26.0
