$(call PKG_INIT_BIN, @VERSION@)
# Before the servers at 30 and later: no server listens before the rules are loaded.
$(PKG)_STARTLEVEL=25

# A plan for a recorded box, compiled while the image is built; a box without a JVM can load it.
$(PKG)_BOX:=$(call qstrip,$(FREETZ_PACKAGE_BOXWALL_BOX))
$(PKG)_RULES:=$(or $(call qstrip,$(FREETZ_PACKAGE_BOXWALL_RULES)),$($(PKG)_MAKE_DIR)/files/root/etc/default.boxwall/boxwall.rules)
$(PKG)_PLAN:=$($(PKG)_DEST_DIR)/etc/default.boxwall/plan
$(PKG)_BUILD_PREREQ += $(if $($(PKG)_BOX),java)
$(PKG)_BUILD_PREREQ_HINT := A plan is compiled by java: install a Java run time, or leave FREETZ_PACKAGE_BOXWALL_BOX empty

$(PKG)_EXCLUDED += $(if $(FREETZ_PACKAGE_BOXWALL_PLANS_ONLY),usr/share/boxwall/boxwall.jar usr/bin/boxwall)

$(PKG)_REBUILD_SUBOPTS += FREETZ_PACKAGE_BOXWALL_BOX
$(PKG)_REBUILD_SUBOPTS += FREETZ_PACKAGE_BOXWALL_RULES

$(PKG_UNPACKED)

$($(PKG)_PLAN)/stamp: $(PACKAGES_DIR)/.$(pkg)-$($(PKG)_VERSION) $(wildcard $($(PKG)_RULES))
	$(RM) -r $(BOXWALL_PLAN)
	java -jar $(BOXWALL_MAKE_DIR)/files/root/usr/share/boxwall/boxwall.jar compile $(BOXWALL_RULES) \
		--out $(BOXWALL_PLAN) --root $(BOXWALL_BOX) --config $(BOXWALL_MAKE_DIR)/files/root/etc/default.boxwall/boxwall.cfg

$(pkg):

# kconfig can't forbid this: an option that selects JamVM can't depend on what JamVM selects. So a recipe fails, and only when the package is built:
# all other targets read this file too, and menuconfig is where users can change it.
$(pkg)-classlist:
	@echo 'boxwall: the mini classlist has no sockets; switch off "use mini classlist" of classpath, or choose another daemon for boxwall' >&2; exit 1

$(pkg)-precompiled: $(if $(filter yyy,$(FREETZ_PACKAGE_BOXWALL)$(FREETZ_PACKAGE_BOXWALL_JAMVM)$(FREETZ_PACKAGE_CLASSPATH_MINI)),$(pkg)-classlist)
$(pkg)-precompiled: $(if $($(PKG)_BOX),$($(PKG)_PLAN)/stamp)

$(pkg)-clean:

.PHONY: $(pkg)-classlist

$(PKG_FINISH)
