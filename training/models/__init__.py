"""Classes, the people examined in them, instructors, stations and devices."""

from training.models.courses import CourseRule, Enrolment, EnrolmentQuerySet, Trainee, TrainingClass
from training.models.stations import Device, DeviceQuerySet, Inspection, Station
from training.models.teaching import Instructor, Popularisation

__all__ = [
    "CourseRule",
    "Device",
    "DeviceQuerySet",
    "Enrolment",
    "EnrolmentQuerySet",
    "Inspection",
    "Instructor",
    "Popularisation",
    "Station",
    "Trainee",
    "TrainingClass",
]
