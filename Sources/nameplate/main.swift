print("nameplate")
