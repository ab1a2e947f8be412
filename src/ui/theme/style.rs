//! What egui's own widgets look like in both themes.
//!
//! Invariant: a widget that we do not paint ourselves takes its colours, sizes and fonts from here.

use egui::epaint::{FontColorTransferFunction, text::TextOptions};
use egui::style::{ScrollAnimation, Selection, TextCursorStyle, WidgetVisuals, Widgets};
use egui::{Color32, CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Theme, Vec2, Visuals};

use super::palette::Palette;
use super::size;
use super::typeface::Type;

/// How long what fades or slides takes, in seconds.
const MOTION: f32 = 0.12;

/// Lets things fade and slide, or not.
pub fn set_motion(ctx: &egui::Context, reduced: bool) {
    let time = if reduced { 0.0 } else { MOTION };
    if (ctx.global_style().animation_time - time).abs() > f32::EPSILON {
        ctx.all_styles_mut(|style| {
            style.animation_time = time;
            style.scroll_animation = if reduced { ScrollAnimation::none() } else { ScrollAnimation::default() };
        });
    }
}

/// Whether nothing shall move by itself.
#[must_use]
pub fn is_still(ctx: &egui::Context) -> bool {
    ctx.global_style().animation_time <= 0.0
}

pub fn install(ctx: &egui::Context) {
    for theme in [Theme::Dark, Theme::Light] {
        ctx.set_style_of(theme, style(theme));
    }
}

fn style(theme: Theme) -> Style {
    let mut style = theme.default_style();
    style.text_styles = [
        (TextStyle::Small, Type::SMALL.font()),
        (TextStyle::Body, Type::BODY.font()),
        (TextStyle::Button, Type::BODY.font()),
        (TextStyle::Heading, Type::HEADLINE.font()),
        (TextStyle::Monospace, Type::CODE.font()),
    ]
    .into();
    style.visuals = visuals(theme);
    style.animation_time = MOTION;
    style.spacing.item_spacing = Vec2::new(8.0, 4.0);
    style.spacing.button_padding = Vec2::new(10.0, 4.0);
    style.spacing.interact_size = Vec2::new(28.0, size::CONTROL);
    style.spacing.menu_margin = Margin::same(4);
    style.spacing.window_margin = Margin::same(16);
    style.spacing.tooltip_width = 360.0;
    style.spacing.scroll.bar_width = 8.0;
    style.spacing.scroll.floating_width = 4.0;
    style.spacing.scroll.bar_inner_margin = 2.0;
    style.spacing.scroll.bar_outer_margin = 2.0;
    style.spacing.scroll.fade.strength = 0.0;
    style.interaction.tooltip_delay = 0.35;
    style.interaction.selectable_labels = false;
    style
}

fn visuals(theme: Theme) -> Visuals {
    let colors = Palette::of(theme);
    let shadow = Shadow {
        offset: [0, 8],
        blur: 28,
        spread: 0,
        color: Color32::from_black_alpha(if theme == Theme::Dark { 140 } else { 45 }),
    };
    let base = if theme == Theme::Dark { Visuals::dark() } else { Visuals::light() };
    // Between the thin text that exact coverage gives on dark ground and the bold one that egui gives.
    let transfer = if theme == Theme::Dark {
        FontColorTransferFunction::Gamma(0.72)
    } else {
        FontColorTransferFunction::LIGHT_MODE_DEFAULT
    };
    let text_options = TextOptions { color_transfer_function: transfer, ..base.text_options };
    Visuals {
        text_options,
        widgets: widgets(colors),
        weak_text_color: Some(colors.muted),
        selection: Selection { bg_fill: colors.selection, stroke: Stroke::new(1.0, colors.accent) },
        hyperlink_color: colors.accent_text,
        faint_bg_color: colors.hover,
        extreme_bg_color: colors.background,
        code_bg_color: colors.chip,
        warn_fg_color: colors.warning_text,
        error_fg_color: colors.danger_text,
        window_corner_radius: CornerRadius::same(10),
        window_shadow: shadow,
        window_fill: colors.panel,
        window_stroke: Stroke::new(1.0, colors.line),
        menu_corner_radius: CornerRadius::same(8),
        panel_fill: colors.panel,
        popup_shadow: shadow,
        text_cursor: TextCursorStyle { stroke: Stroke::new(1.5, colors.accent), ..TextCursorStyle::default() },
        disabled_alpha: 0.55,
        ..base
    }
}

fn widgets(colors: &Palette) -> Widgets {
    let at_rest = WidgetVisuals {
        bg_fill: colors.raised,
        weak_bg_fill: colors.raised,
        bg_stroke: Stroke::new(1.0, colors.line),
        corner_radius: CornerRadius::same(size::ROUND),
        fg_stroke: Stroke::new(1.0, colors.text),
        expansion: 0.0,
    };
    let touched = WidgetVisuals { bg_fill: colors.chip, weak_bg_fill: colors.chip, ..at_rest };
    Widgets {
        noninteractive: WidgetVisuals { bg_fill: colors.panel, weak_bg_fill: colors.panel, ..at_rest },
        inactive: at_rest,
        hovered: WidgetVisuals { fg_stroke: Stroke::new(1.5, colors.text), ..touched },
        active: WidgetVisuals { bg_stroke: Stroke::new(1.0, colors.accent), ..touched },
        open: touched,
    }
}
