"""People and their groups, in the console's look."""

from django.contrib import admin
from django.contrib.auth.models import Group, User

from busybee.console import GroupAdmin, UserAdmin

admin.site.unregister(User)
admin.site.unregister(Group)
admin.site.register(User, UserAdmin)
admin.site.register(Group, GroupAdmin)
