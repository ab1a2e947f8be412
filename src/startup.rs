//! What a person can do when the window does not open.
//!
//! Invariant: an answer names a package or a variable, never a raw error alone; nothing here touches the system.

/// Text in an error of the window system or of a renderer, and what it means on Linux.
const CAUSES: [(&[&str], &str); 8] = [
    (
        &[
            "connection refused",
            "cannot open display",
            "failed to open connection",
            "xopendisplay",
            "could not find wayland compositor",
        ],
        "The display cannot be reached. DISPLAY or WAYLAND_DISPLAY names one that is not there, or that does not let this user in",
    ),
    (
        &["libxkbcommon-x11", "xkbcommon_x11"],
        "The keyboard library for X11 is missing. Install it: libxkbcommon-x11-0 (Debian, Ubuntu), libxkbcommon-x11 (Fedora, Arch)",
    ),
    (
        &["libxkbcommon", "xkbcommon"],
        "The keyboard library is missing. Install it: libxkbcommon0 (Debian, Ubuntu), libxkbcommon (Fedora, Arch)",
    ),
    (
        &["libxcursor", "libxi.", "libxrandr", "libx11-xcb", "libx11", "libxcb", "xlib"],
        "A library of X11 is missing. Install them: libx11-6 libx11-xcb1 libxcursor1 libxi6 (Debian, Ubuntu), libX11 libXcursor libXi \
         (Fedora), libx11 libxcursor libxi (Arch)",
    ),
    (
        &["libwayland", "waylanderror(nolib", "nowaylandlib"],
        "The Wayland library is missing. Install it: libwayland-client0 (Debian, Ubuntu), wayland (Arch), libwayland-client (Fedora); \
         or unset WAYLAND_DISPLAY to use X11",
    ),
    (
        &["libegl", "libgl", "glx", "egl", "glutin", "opengl", "notsupported", "no available config"],
        "OpenGL is missing. Install it: libgl1 libegl1 libgl1-mesa-dri (Debian, Ubuntu), mesa-libGL mesa-libEGL mesa-dri-drivers (Fedora), \
         mesa (Arch)",
    ),
    (
        &["wgpu", "vulkan", "no suitable adapter", "adapter", "surface"],
        "No graphics driver was found. Install one: libgl1-mesa-dri mesa-vulkan-drivers (Debian, Ubuntu), mesa-dri-drivers \
         mesa-vulkan-drivers (Fedora), mesa vulkan-swrast (Arch)",
    ),
    (
        &["fontconfig"],
        "The font library is missing. Install it: libfontconfig1 (Debian, Ubuntu), fontconfig (Fedora, Arch)",
    ),
];

/// Why no window can open at all, from the values of `DISPLAY`, `WAYLAND_DISPLAY` and `WAYLAND_SOCKET`; nothing where one may.
#[must_use]
pub fn missing_display(variables: [Option<&str>; 3]) -> Option<String> {
    let any = variables.into_iter().flatten().any(|value| !value.is_empty());
    (!any).then(|| {
        "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set. Start copydesk from a desktop session; over ssh use \
         `ssh -X`; without any screen `xvfb-run copydesk` works (package xvfb). The command line needs no display: copydesk --help"
            .to_owned()
    })
}

/// What to do about an error of the window system, in words, with the error itself behind it.
#[must_use]
pub fn explain(error: &str) -> String {
    let folded = error.to_lowercase();
    let advice =
        CAUSES.iter().find(|(signs, _)| signs.iter().any(|sign| folded.contains(sign))).map_or(
            "The window cannot be opened. The command line works without it: copydesk --help",
            |(_, advice)| *advice,
        );
    format!("{advice}\n({})", error.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_a_package() {
        for (error, want) in [
            ("Library libxkbcommon-x11.so could not be loaded.", "libxkbcommon-x11-0"),
            ("XKBNotFound: libxkbcommon.so.0", "libxkbcommon0"),
            ("error opening library (libXcursor.so.1: cannot open shared object file)", "libxcursor1"),
            ("glutin error: failed to load libEGL.so.1", "libegl1"),
            ("WGPU error: No suitable adapter found", "mesa-vulkan-drivers"),
            ("winit EventLoopError: NoWaylandLib", "libwayland-client0"),
            ("XOpenDisplay failed", "DISPLAY"),
            ("Glow: Failed to open connection to X server\nWgpu: EventLoop can't be recreated", "DISPLAY"),
            ("something new", "copydesk --help"),
        ] {
            let told = explain(error);
            assert!(told.contains(want) && told.contains(error), "{told}");
        }
    }

    #[test]
    fn one_display_is_enough() {
        assert!(missing_display([None, None, None]).is_some_and(|told| told.contains("WAYLAND_DISPLAY")));
        assert!(missing_display([Some(""), None, None]).is_some());
        assert!(missing_display([None, Some("wayland-0"), None]).is_none());
    }
}
