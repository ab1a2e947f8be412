//! What the system wishes of every window: dark or light, less motion. Asked of the desktop's portal, and followed as it changes.
//!
//! Invariant: where there is no portal, or it does not know, nothing is wished and nothing is told to the editor.

use super::pool::start_thread;
use super::runner::Shared;

/// Follows the wishes of the system as long as the program runs.
pub(super) fn follow(shared: &Shared) {
    let shared = shared.clone();
    start_thread("wishes of the system", move || {
        if let Err(reason) = portal::follow(&shared) {
            log::info!("the system says nothing of colours and motion: {reason}");
        }
    });
}

#[cfg(all(target_os = "linux", feature = "window"))]
mod portal {
    use futures_lite::StreamExt as _;
    use zbus::zvariant::OwnedValue;
    use zbus::{Connection, Proxy};

    use super::Shared;
    use crate::desk::{Event, Wishes};

    pub(super) fn follow(shared: &Shared) -> zbus::Result<()> {
        futures_lite::future::block_on(listen(shared))
    }

    async fn listen(shared: &Shared) -> zbus::Result<()> {
        let connection = Connection::session().await?;
        let (name, path) = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop");
        let portal = Proxy::new(&connection, name, path, "org.freedesktop.portal.Settings").await?;
        // Before the first question, so that no change falls between.
        let mut changes = portal.receive_signal("SettingChanged").await?;
        let mut told = Wishes::default();
        loop {
            let wishes = ask(&portal).await;
            if wishes != told {
                told = wishes;
                shared.answer(Event::Wishes(wishes));
            }
            if changes.next().await.is_none() {
                return Ok(());
            }
        }
    }

    async fn ask(portal: &Proxy<'_>) -> Wishes {
        let appearance = "org.freedesktop.appearance";
        // 1 is dark, 2 is light, 0 is no wish.
        let dark = match number(read(portal, appearance, "color-scheme").await) {
            Some(1) => Some(true),
            Some(2) => Some(false),
            _ => None,
        };
        let reduced = number(read(portal, appearance, "reduced-motion").await).map(|value| value == 1);
        let animated = read(portal, "org.gnome.desktop.interface", "enable-animations").await;
        let animated = animated.and_then(|value| bool::try_from(value).ok());
        Wishes { dark, still: reduced.or(animated.map(|animated| !animated)) }
    }

    async fn read(portal: &Proxy<'_>, namespace: &str, key: &str) -> Option<OwnedValue> {
        portal.call("ReadOne", &(namespace, key)).await.ok()
    }

    fn number(value: Option<OwnedValue>) -> Option<u32> {
        u32::try_from(value?).ok()
    }
}

/// Elsewhere the window system says itself whether it is dark; of motion nothing can be known without unsafe code.
#[cfg(not(all(target_os = "linux", feature = "window")))]
mod portal {
    use super::Shared;

    pub(super) fn follow(_: &Shared) -> Result<(), &'static str> {
        Err("there is no portal to ask here")
    }
}
