//! The library: all of copydesk but the thin program around it. The page below says where things live.

#![doc = include_str!("ARCHITECTURE.md")]

pub mod text;

pub mod file;

pub mod startup;

pub mod storage;

pub mod net;

pub mod document;

pub mod site;

pub mod article;

pub mod catalog;

pub mod desk;

pub mod picture;

pub mod jobs;

pub mod cli;

#[cfg(feature = "window")]
pub mod ui;

#[cfg(feature = "window")]
pub mod app;
