"""Synthetic files of a chain: its garages and people, as good as they can be and as bad."""

GOOD = """kind,garage,name,email,role,place,hours,region,department,shift,certification
garage,garage_pune,Pune,,,Karve Road,Mon-Sat 09:00-18:00,west,,,
garage,garage_delhi,Delhi,,,Okhla,Mon-Sun 00:00-23:59,,,,
person,garage_pune,Asha K,asha@example.org,technician,,,,Bay 2,Mon-Fri 09:00-18:00,high_voltage
person,garage_delhi,"Singh, Ravi",RAVI@example.org,manager,,,,,,
person,,Meera,meera@example.org,admin,,,,,,
"""
BAD = """kind,garage,name,email,role,place,hours,shift
garage,pune,Pune,,,Karve Road,Mon 09:00-18:00,
garage,garage_x,X,,,Somewhere,always,
person,garage_x,Asha,asha@example.org,boss,,,
person,garage_x,Asha,nobody,technician,,,
person,,Asha,asha@example.org,technician,,,
boat,garage_x,Asha,,,,,
person,garage_x,Ravi,ravi@example.org,technician,,,now and then
person,garage_x,Ravi,ravi@example.org,technician,,,
person,garage_x,Ravi,ravi@example.org,technician,,,
"""
