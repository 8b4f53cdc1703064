"""What the catalogue’s own slugs mean in words: where people work, how they get in and learn.

These words are the same in every city; what a city names itself is in its vocabulary.
"""

ENGLISH_AND_MATHS = {
    "none": "Not needed to start",
    "working-towards": "You can work towards them on the way",
    "grade-3": "Usually GCSE grade 3 or above",
    "grade-4": "Usually GCSE grade 4 or Level 2 Functional Skills",
    "grade-5": "Usually GCSE grade 5 or above",
}
LOADS = {
    "full-time": "Full time",
    "part-time": "Part time",
    "work-based": "At work",
    "day-release": "Day release",
    "evenings": "Evenings",
    "online": "Online",
}
PATTERNS = {
    "daytime": "Daytime",
    "evenings": "Evenings",
    "nights": "Nights",
    "weekends": "Weekends",
    "shifts": "Shifts",
    "on-call": "On call",
    "flexible": "Flexible",
    "part-time": "Part time is common",
    "seasonal": "By the season",
    "away-from-home": "Sometimes away from home",
    "self-employed": "Many work for themselves",
    "term-time": "Term time",
}
WORKPLACES = {
    "home": "at home",
    "office": "an office",
    "shop": "a shop",
    "school": "a school or college",
    "hospital": "a hospital",
    "clinic": "a clinic",
    "care-home": "a care home",
    "peoples-homes": "people’s homes",
    "community": "out in the community",
    "laboratory": "a laboratory",
    "workshop": "a workshop",
    "factory": "a factory",
    "pottery": "a pottery",
    "warehouse": "a warehouse",
    "kitchen": "a kitchen",
    "hotel": "a hotel",
    "salon": "a salon",
    "studio": "a studio",
    "stage": "a stage",
    "building-site": "a building site",
    "outdoors": "outdoors",
    "farm": "a farm",
    "on-the-road": "on the road",
    "vehicle": "a vehicle",
    "railway": "the railway",
    "station": "a station",
    "court": "a court",
    "prison": "a prison",
    "military-base": "a military base",
    "gym": "a gym or sports ground",
    "museum": "a museum",
}
WAYS_IN = {
    "apprenticeship": "Apprenticeship",
    "college": "College",
    "sixth-form": "Sixth form",
    "university": "University",
    "work": "Work your way up",
    "volunteering": "Volunteering",
    "direct": "Apply as you are",
    "training": "Training from the employer",
}
